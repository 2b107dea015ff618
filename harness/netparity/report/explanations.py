"""What each kind of note means and what to do about it: where a page's warnings link to.

A new kind is one more line in EXPLANATIONS. Notes name theirs themselves; cautions are stored as
sentences, and are known by how they begin or end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Explanation:
    """One kind of note.

    Attributes:
        warning: whether it can spoil a conclusion; the others say how to read the figures.
        pattern: of the stored sentences of this kind.
    """

    title: str
    text: str
    warning: bool = True
    pattern: str | None = None


EXPLANATIONS: dict[str, Explanation] = {
    "synthetic": Explanation(
        "Synthetic weights",
        "The numbers in the network were drawn from a seeded random generator, not trained. What "
        "a feature says about the image means nothing then; how far tools differ by rounding, how "
        "they lay out arrays, and what they cost in time and memory is as with trained weights. "
        "Give --weights a file to use trained ones.",
        warning=False,
    ),
    "parity": Explanation(
        "Parity",
        "Every feature is compared, value by value, with a float64 pass through the same network "
        "on the same input. The relative L2 error is the norm of the difference over the norm of "
        "the reference. The noise floor is the largest error among several float32 passes whose "
        "sums are taken in different orders: no tool that computes in float32 can be held to less.",
        warning=False,
    ),
    "seconds": Explanation(
        "Seconds, ratios and words",
        "The process is the unit: each gives the median of its values, and these are averaged "
        "(geometric mean) over the processes. Ratios are taken within a round, so that what slows "
        "the machine down for a while slows both sides. Faster and slower are said only where a "
        "permutation test, corrected for the number of tools after Holm, says so at 5 %. "
        "Inconclusive: there were too few rounds to test, or the test says that there is a "
        "difference while the interval of the ratio includes 1, as where a tool has two modes.",
        warning=False,
    ),
    "layers": Explanation(
        "Seconds per layer",
        "Timing a layer means cutting the network behind it, which changes what is timed: what a "
        "tool computes in one go is taken apart. Compare layers of one tool with each other.",
        warning=False,
    ),
    "handing-out": Explanation(
        "Handing out many layers",
        "Every feature that was asked for is copied out of the tool inside the timed call. With "
        "many layers these are tens of megabytes, so such timings compare only with each other.",
    ),
    "ran": Explanation(
        "What ran",
        "A runner's name says which adapter was used; this says which code did the work. The "
        "MatConvNet script runs on MatConvNet itself or on this project's compatibility functions.",
        warning=False,
    ),
    "failed": Explanation(
        "A runner that failed or is unavailable",
        "The others are not touched by it. The log holds everything that the tool printed; "
        "netparity doctor says what a runner needs, netparity setup tries to provide it.",
    ),
    "unranked": Explanation(
        "Not ranked",
        "The time for a wrong answer is no speed. The seconds are shown, but there is no ratio and "
        "no word. netparity diagnose says which layer goes wrong first and looks for the cause.",
    ),
    "arithmetic": Explanation(
        "Reduced precision",
        "The error is larger than float32 rounding explains, and has the size and the direction "
        "that rounding to a narrower format gives. Look for settings such as TF32, mixed precision "
        "or fast math.",
    ),
    "faulty": Explanation(
        "The first faulty layer",
        "Each layer is also judged by its own previous activation: how far it is from what the "
        "reference's layer makes of that. A layer that only inherits an error is right by that "
        "measure; the first that is not is where to look.",
    ),
    "own-input": Explanation(
        "A tool's own input",
        "Given the image file, each tool decodes, resizes and normalises it in its usual way. The "
        "tensor that came out was compared with every known way of resizing until one reproduced "
        "it. This is reported and does not decide parity.",
        warning=False,
    ),
    "mistake": Explanation(
        "A known mistake in the preprocessing",
        "Swapped channels, a missing mean and the like, undone one after the other until the "
        "tensor was reproduced. netparity diagnose says what to change.",
    ),
    "repeatable": Explanation(
        "Not the same in every process",
        "Some sums were taken in another order in another process, mostly through threads. The "
        "differences are of the size of rounding unless parity says otherwise, but bit-for-bit "
        "comparisons between runs will fail.",
    ),
    "cut-short": Explanation(
        "A run that was cut short",
        "It was interrupted or ended before its last process. Whatever had been measured is "
        "complete and judged; there are fewer rounds than asked for, or tools missing.",
    ),
    "rounds": Explanation(
        "Too few rounds",
        "The test compares whole processes. With few of them, even the clearest order among the "
        "rounds could be chance, so no difference can be shown, however large it looks.",
        pattern=r"^Too few rounds: ",
    ),
    "unsteady": Explanation(
        "An unsteady machine",
        "Before each process the same small load was timed, and it took now longer, now shorter: "
        "something else used the machine, or its clock rate changed. Ratios suffer less than "
        "seconds. Repeat the run on a quiet machine, or with more rounds.",
        pattern=r"^The machine was unsteady: ",
    ),
    "drift": Explanation(
        "Drift",
        "From the first round to the last there is a trend. If all tools have it, the machine "
        "changed (heat, other work); if one has it, look for a cache that fills or memory that "
        "runs short.",
        pattern=r"^All runners drifted |drifted by \S+ from the first round to the last\.$",
    ),
    "clock": Explanation(
        "A coarse clock",
        "A value lasts too few of the clock's steps to be exact to a tenth of a percent.",
        pattern=r" clock is too coarse[,;] ",
    ),
    "warm-up": Explanation(
        "A warm-up that was not over",
        "The first values of a process were slower than the others, and no steady ones followed "
        "before it ended. Raise --warmup or --repeats.",
        pattern=r"the warm-up was not over in round ",
    ),
    "modes": Explanation(
        "Two modes",
        "The values fall into two groups with nothing in between, as where a scheduler places "
        "threads in one of two ways. A median is then that of the group that was met more often; "
        "look at the single values before believing a ratio.",
        pattern=r" takes (now|either) .* median can be (either|one or the other)\.$",
    ),
    "settings": Explanation(
        "Unequal settings",
        "The tools did not all compute with the same number of threads, precision or environment. "
        "The ledger has what each said of itself. A ratio holds for these settings.",
    ),
    "other": Explanation(
        "Remarks on the input",
        "Something about an image, a weight file or the request that may explain a difference.",
    ),
}


def key_of(sentence: str) -> str:
    """The kind of a stored sentence."""
    for key, explanation in EXPLANATIONS.items():
        if explanation.pattern is not None and re.search(explanation.pattern, sentence):
            return key
    return "other"
