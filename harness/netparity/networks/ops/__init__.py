"""Every operation that netparity can compute: a file and a line each."""

from __future__ import annotations

from netparity.networks.ops.add import Add
from netparity.networks.ops.average_pool import AveragePool
from netparity.networks.ops.base import OPS
from netparity.networks.ops.batch_norm import BatchNorm
from netparity.networks.ops.clipped_relu import ClippedRelu
from netparity.networks.ops.concat import Concat
from netparity.networks.ops.conv import Conv
from netparity.networks.ops.conv_transpose import ConvTranspose
from netparity.networks.ops.crop import Crop
from netparity.networks.ops.dense import Dense
from netparity.networks.ops.divide import Divide
from netparity.networks.ops.dropout import Dropout
from netparity.networks.ops.elu import Elu
from netparity.networks.ops.flatten import Flatten
from netparity.networks.ops.gelu import Gelu
from netparity.networks.ops.global_average import GlobalAverage
from netparity.networks.ops.global_max import GlobalMax
from netparity.networks.ops.hard_sigmoid import HardSigmoid
from netparity.networks.ops.hard_swish import HardSwish
from netparity.networks.ops.identity import Identity
from netparity.networks.ops.l2_norm import L2Norm
from netparity.networks.ops.layer_norm import LayerNorm
from netparity.networks.ops.leaky_relu import LeakyRelu
from netparity.networks.ops.lrn import Lrn
from netparity.networks.ops.max_pool import MaxPool
from netparity.networks.ops.mean import Mean
from netparity.networks.ops.multiply import Multiply
from netparity.networks.ops.pad import Pad
from netparity.networks.ops.prelu import Prelu
from netparity.networks.ops.relu import Relu
from netparity.networks.ops.reshape import Reshape
from netparity.networks.ops.resize import Resize
from netparity.networks.ops.scale_shift import ScaleShift
from netparity.networks.ops.selu import Selu
from netparity.networks.ops.sigmoid import Sigmoid
from netparity.networks.ops.softmax import Softmax
from netparity.networks.ops.subtract import Subtract
from netparity.networks.ops.swish import Swish
from netparity.networks.ops.tanh import Tanh
from netparity.networks.ops.transpose import Transpose

OPS.update(
    (op.key, op)
    for op in (
        Conv(),
        ConvTranspose(),
        Dense(),
        MaxPool(),
        AveragePool(),
        GlobalAverage(),
        GlobalMax(),
        BatchNorm(),
        Lrn(),
        LayerNorm(),
        L2Norm(),
        Relu(),
        LeakyRelu(),
        ClippedRelu(),
        Prelu(),
        Sigmoid(),
        HardSigmoid(),
        Swish(),
        HardSwish(),
        Elu(),
        Selu(),
        Tanh(),
        Gelu(),
        Softmax(),
        Add(),
        Subtract(),
        Multiply(),
        Divide(),
        ScaleShift(),
        Concat(),
        Flatten(),
        Reshape(),
        Transpose(),
        Pad(),
        Crop(),
        Resize(),
        Mean(),
        Dropout(),
        Identity(),
    )
)

__all__ = ["OPS"]
