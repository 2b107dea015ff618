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
        "round, and within a turn where the processes took turns, so that a temporary slowdown of "
        "the machine affects both sides. The intervals of the ratios in a table hold together: "
        "with a probability of 95 % all of them contain the true ratio. The verdict is what the "
        "interval shows: faster or slower if it excludes 1; same within 3 % if every ratio in it "
        "differs from 1 by at most 3 %, and that is at most --same-within; no difference shown "
        "(< 12 %) if a difference of less than 12 % remains possible. Inconclusive means that one "
        "round gives no interval.",
        warning=False,
    ),
    "timing-check": Explanation(
        "How far this machine can be trusted",
        "netparity timing-check times a tool against itself, under two labels, in many short runs "
        "of a tiny network. Where it is called different in more than 5 % of the runs, or a delay "
        "of 10 % is often missed, something else uses the machine.",
        warning=False,
    ),
    "schedule": Explanation(
        "One process after the other",
        "Where the processes of a round take turns, the predictions that are compared lie close "
        "together, and what disturbs the machine for some seconds disturbs them alike. Where each "
        "process runs alone from its start to its end, many seconds lie between them, so that the "
        "ratios are less certain on a machine that is not quiet.",
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
    "unavailable": Explanation(
        "A runner that is not available here",
        "It belongs to a comparison for which no runner is named, and cannot run on this machine. "
        "netparity doctor lists what it needs.",
        warning=False,
    ),
    "beside": Explanation(
        "Two comparisons at once",
        "Two comparisons on one machine share its processors, its memory and its caches, so that "
        "both are slower than they would be alone, and not by the same factor in every round. "
        "Without --no-wait, a comparison waits until the other one has measured.",
        pattern=r"^Another comparison was measuring",
    ),
    "unranked": Explanation(
        "Not ranked",
        "The features are wrong, so the speed of computing them is not comparable. The seconds are "
        "shown, but no ratio and no verdict. netparity diagnose finds the first faulty layer and "
        "searches for the cause.",
    ),
    "arithmetic": Explanation(
        "Reduced precision",
        "The error is larger than float32 rounding explains, and has the size, the direction and "
        "the structure of rounding to a narrower format. Where several kinds are named, each "
        "explains it, and these features do not tell them apart. The setting beside it makes the "
        "tool compute in float32.",
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
        "The intervals compare whole processes. A single one of each tool says nothing about how "
        "much the next would differ, so there is no interval and no verdict.",
        pattern=r"^Too few rounds: ",
    ),
    "unsteady": Explanation(
        "An unsteady machine",
        "The same small load was timed before each process, and its time varied: other work used "
        "the machine, or its clock rate changed. Ratios are less affected than seconds. Repeat "
        "the run on an idle machine, or with more rounds.",
        pattern=r"^The machine was unsteady: ",
    ),
    "stolen": Explanation(
        "Stolen time",
        "The machine is virtual, and its processors ran other machines for a while. The values "
        "taken meanwhile are marked in the column while_stolen of measurements.csv. Repeat the "
        "run at another time, or on a machine of your own.",
        pattern=r"^Stolen time: ",
    ),
    "slow-values": Explanation(
        "Slow values and processor seconds",
        "Some values took longer than the others. Processor seconds tell why. Waiting or lost "
        "parallelism: the same work on fewer processors; threads waited, for each other or for "
        "something else. Keras's predict on TensorFlow does so at random, after the network has "
        "ended: it waits for a thread of tf.data; call=function does not. "
        "Interrupted: other programs took the processors. More work than usual: the process used "
        "more processor seconds, because it computed more, or because its processors were slower "
        "(clock rate, a core that is shared).",
        pattern=r" took \S+ s in \d+ of \d+ values, and about \S+ s in the fastest: ",
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
