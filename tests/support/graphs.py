"""Small networks with branches: an addition, a concatenation, and both."""

from __future__ import annotations

from netparity.networks import Network, Preprocessing
from netparity.networks.catalogue.build import Builder

MEAN = (123.0, 117.0, 104.0)


def residual() -> Network:
    """Two blocks whose input is added to their output; the second has a convolution beside it.

    stem - relu0 - a1 - bn1 - relu1 - a2 - sum1 - relu2 - b1 - relu3 - b2 - sum2 - mean - fc - prob
                 |_________________________|          |______ beside _______|
    """
    build = Builder((12, 12, 3))
    build.conv("stem", 6, 3, pads=1)
    entry = build.add("relu0", "relu")
    build.conv("a1", 6, 3, pads=1)
    build.batch_norm("bn1", 1e-5)
    build.add("relu1", "relu")
    last = build.conv("a2", 6, 3, pads=1)
    build.add("sum1", "add", inputs=(last, entry))
    entry = build.add("relu2", "relu")
    build.conv("b1", 8, 3, stride=2, pads=1)
    build.add("relu3", "relu")
    last = build.conv("b2", 8, 3, pads=1)
    beside = build.conv("beside", 8, 1, stride=2, inputs=entry)
    build.add("sum2", "add", inputs=(last, beside))
    build.add("mean", "global_average")
    build.dense("fc", 7)
    build.add("prob", "softmax")
    return build.network("residual", Preprocessing(mean=MEAN), ("mean",))


def inception() -> Network:
    """Three branches after one another's names, of which two have as many channels.

    stem - relu0 - one ----------- joined - pool - fc - prob
                 - three1 - three2 /
                 - pooled - after /
    """
    build = Builder((12, 12, 3))
    build.conv("stem", 6, 3, pads=1)
    entry = build.add("relu0", "relu")
    one = build.conv("one", 5, 1)
    build.conv("three1", 4, 1, inputs=entry)
    three = build.conv("three2", 5, 3, pads=1)
    build.pool("pooled", 3, 1, pads=1, inputs=entry)
    after = build.conv("after", 3, 1)
    build.add("joined", "concat", inputs=(one, three, after))
    build.pool("pool", 3, 2, op="average_pool", pads=1)
    build.dense("fc", 7)
    build.add("prob", "softmax")
    return build.network("inception", Preprocessing(mean=MEAN), ("joined",))
