"""What each kind of note means and what to do about it; a page's warnings link to these.

A new kind is a line in EXPLANATIONS. Notes state their kind; cautions are stored as sentences and
recognised by a pattern.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Explanation:
    """One kind of note.

    Attributes:
        warning: whether it can invalidate a conclusion; the others explain the tables.
        pattern: a regular expression for the stored sentences of this kind.
    """

    title: str
    text: str
    warning: bool = True
    pattern: str | None = None


EXPLANATIONS: dict[str, Explanation] = {
    "synthetic": Explanation(
        "Synthetic weights",
        "The network's weights were drawn from a seeded random generator, not trained, so its "
        "features say nothing about the image. Rounding, array layouts, time and memory are as "
        "with trained weights. To use trained weights, give a file with --weights.",
        warning=False,
    ),
    "parity": Explanation(
        "Parity",
        "Every feature is compared, value by value, with a float64 pass through the same network "
        "on the same input. The relative L2 error is the norm of the difference divided by the "
        "norm of the reference. The noise floor is the largest error of several float32 passes "
        "that sum in different orders; a smaller error cannot be expected of any float32 tool.",
        warning=False,
    ),
    "seconds": Explanation(
        "Seconds, ratios and verdicts",
        "The unit of observation is the process: each contributes the median of its values, and "
        "the seconds shown are the geometric mean of these medians. Ratios are taken within a "
        "round, so that a temporary slowdown of the machine affects both sides. The verdicts "
        "faster and slower require a permutation test at the 5 % level, with Holm's correction "
        "for the number of tools. Inconclusive means that there were too few rounds for the test, "
        "or that the test finds a difference although the interval of the ratio includes 1, as "
        "can happen if a tool has two modes.",
        warning=False,
    ),
    "layers": Explanation(
        "Seconds per layer",
        "To time a layer, the network is cut after it, which prevents a tool from fusing layers "
        "and so changes what is timed. Compare layers within one tool only.",
        warning=False,
    ),
    "handing-out": Explanation(
        "Returning many layers",
        "The timed call includes copying every requested feature out of the tool. With many layers "
        "these are tens of megabytes, so such timings are comparable only with each other.",
    ),
    "ran": Explanation(
        "What ran",
        "A runner's name says which adapter was used; this is the code that did the computation. "
        "The MatConvNet script runs on MatConvNet itself or on this project's compatibility "
        "functions.",
        warning=False,
    ),
    "calls": Explanation(
        "Ways of calling a Keras model",
        "model.predict is made for many batches and does more than compute: it makes an iterator "
        "over the data and gathers the results, which costs time on a single image. Called as one "
        "compiled function (call=function), the same model computes the same features. To judge "
        "how fast Keras computes, take that row; to judge what a script with model.predict takes, "
        "take the other.",
        warning=False,
    ),
    "failed": Explanation(
        "A runner that failed or is unavailable",
        "The other runners are not affected. The log holds everything that the tool printed. "
        "netparity doctor lists what a runner needs; netparity setup tries to install it.",
    ),
    "unranked": Explanation(
        "Not ranked",
        "The features are wrong, so the speed of computing them is not comparable. The seconds are "
        "shown, but no ratio and no verdict. netparity diagnose finds the first faulty layer and "
        "searches for the cause.",
    ),
    "arithmetic": Explanation(
        "Reduced precision",
        "The error is larger than float32 rounding explains, and has the size and direction of "
        "rounding to a narrower format. Check settings such as TF32, mixed precision or fast math.",
    ),
    "faulty": Explanation(
        "The first faulty layer",
        "Each layer is also judged locally: its output is compared with what the reference "
        "computes from the runner's own previous activation. A layer that only inherits an error "
        "passes; the first layer that does not is where to look for the cause.",
    ),
    "own-input": Explanation(
        "A tool's own input",
        "Each tool also decodes, resizes and normalises the image file in its usual way. The "
        "resulting tensor was compared with every known resize method until one reproduced it. "
        "This is reported only; it does not decide parity.",
        warning=False,
    ),
    "mistake": Explanation(
        "A known mistake in the preprocessing",
        "The tensor was reproduced by making a known mistake, such as swapped channels or a "
        "missing mean subtraction. netparity diagnose says what to change.",
    ),
    "repeatable": Explanation(
        "Not repeatable",
        "The processes summed in different orders, usually because of threads. Unless the feature "
        "fails parity the differences are within rounding, but bit-for-bit comparisons between "
        "runs will fail.",
    ),
    "cut-short": Explanation(
        "A run that was cut short",
        "The run was interrupted or ended before its last process. What was measured until then is "
        "complete and judged, but rounds or tools are missing.",
    ),
    "rounds": Explanation(
        "Too few rounds",
        "The test compares whole processes. With so few of them, even if one tool is faster in "
        "every round this could be chance, so no difference can be shown, however large.",
        pattern=r"^Too few rounds: ",
    ),
    "unsteady": Explanation(
        "An unsteady machine",
        "The same small load was timed before each process, and its time varied: other work used "
        "the machine, or its clock rate changed. Ratios are less affected than seconds. Repeat "
        "the run on an idle machine, or with more rounds.",
        pattern=r"^The machine was unsteady: ",
    ),
    "drift": Explanation(
        "Drift",
        "There is a trend from the first round to the last. If all tools drift, the machine "
        "changed (heat, other work); if only one does, look for a cache that fills up or a "
        "shortage of memory.",
        pattern=r"^All runners drifted |drifted by \S+ from the first round to the last\.$",
    ),
    "clock": Explanation(
        "A coarse clock",
        "The timed calls are too short for this clock to resolve a tenth of a percent.",
        pattern=r" clock is too coarse[,;] ",
    ),
    "warm-up": Explanation(
        "Warm-up not finished",
        "The first values of a process were slower than the later ones, and the process ended "
        "before its values became steady. Raise --warmup or --repeats.",
        pattern=r"the warm-up was not over in round ",
    ),
    "modes": Explanation(
        "Two modes",
        "The values form two separate groups, as happens if a scheduler places threads in one of "
        "two ways. The median is then that of the more frequent group; look at the single values "
        "before relying on a ratio.",
        pattern=r" takes (now|either) .* median can be (either|one or the other)\.$",
    ),
    "settings": Explanation(
        "Unequal settings",
        "The tools computed with different numbers of threads, precisions or environments. The "
        "settings ledger lists what each tool reported. The ratios hold for these settings only.",
    ),
    "other": Explanation(
        "Remarks on the input",
        "A property of an image, a weight file or the options that may explain a difference.",
    ),
}


def key_of(sentence: str) -> str:
    """The kind of a stored sentence."""
    for key, explanation in EXPLANATIONS.items():
        if explanation.pattern is not None and re.search(explanation.pattern, sentence):
            return key
    return "other"
