"""A reader who sees two rows of one Keras is told how they differ."""

from __future__ import annotations

from netparity.report.calls import ways_of_calling
from netparity.report.notes import keyed_notes
from tests.support.stored_runs import make_run, ok


def called(label: str, call: str, **changes):
    return ok(label, flags={"call": call}, **changes)


def test_rows_that_call_in_different_ways_are_told_apart() -> None:
    run = make_run(
        [called("a", "predict"), called("b", "function"), called("c", "predict"), ok("octave")]
    )
    sentence = ways_of_calling(run)
    assert sentence == (
        "The same Keras model, called in different ways: "
        "a, c: model.predict(x), Keras's loop over batches of data; "
        "b: model(x) compiled as one function, as tf.function or jax.jit do."
    )
    [note] = [note for note in keyed_notes(run) if note.key == "calls"]
    assert note.text == sentence
    assert not note.warning


def test_one_way_needs_no_words() -> None:
    assert ways_of_calling(make_run([called("a", "predict"), ok("b")])) is None
    failed = called("b", "function").model_copy(update={"status": "failed"})
    assert ways_of_calling(make_run([called("a", "predict"), failed])) is None
