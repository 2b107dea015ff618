"""Sentences on how the Keras models of a run were called, where that differs between rows."""

from __future__ import annotations

from netparity.protocol import Run

WORDS = {
    "predict": "model.predict(x), Keras's loop over batches of data",
    "on_batch": "model.predict_on_batch(x), without that loop",
    "direct": "model(x), each operation started by Python",
    "function": "model(x) compiled as one function, as tf.function or jax.jit do",
    "jit": "model(x) compiled as one function by XLA",
}
"""By the value of the key `call`."""
SHORT_WORDS = {
    "predict": "through model.predict(x)",
    "on_batch": "through model.predict_on_batch(x)",
    "direct": "called directly",
    "function": "as one compiled function",
    "jit": "compiled by XLA",
}
"""The same, after the seconds that it takes."""


def ways_of_calling(run: Run) -> str | None:
    """A sentence if rows of a run call their Keras models in different ways; None if they do not.

    The model and what it computes are the same: only the way to ask for it differs.
    """
    labels: dict[str, list[str]] = {}
    for record in run.runners:
        call = record.flags.get("call") if record.status == "ok" else None
        if call in WORDS:
            labels.setdefault(call, []).append(record.label)
    if len(labels) < 2:
        return None
    groups = "; ".join(f"{', '.join(rows)}: {WORDS[call]}" for call, rows in labels.items())
    return f"The same Keras model, called in different ways: {groups}."
