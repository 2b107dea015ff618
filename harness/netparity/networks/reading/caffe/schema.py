"""The fields of Caffe's messages by their numbers: facts about its files, from `caffe.proto`.

Each line is a number, a name and a kind: `integer`, `flag`, `number`, `text`, `words` with the
names of an enumeration in order, another message, or `ignored` for what has no effect on a
prediction.
"""

from __future__ import annotations

from dataclasses import dataclass

from netparity.networks.reading.caffe.layer_fields import IN_LAYER, IN_OLD_LAYER, OLD_TYPES


@dataclass(frozen=True)
class Entry:
    """One field of a message."""

    name: str
    kind: str
    words: tuple[str, ...] = ()


def _table(lines: str) -> dict[int, Entry]:
    found = {}
    for line in lines.strip().splitlines():
        number, name, kind, *words = line.split()
        found[int(number)] = Entry(name, kind, tuple(words))
    return found


_WINDOW = """
    3 pad integer
    4 kernel_size integer
    5 group integer
    6 stride integer
    9 pad_h integer
    10 pad_w integer
    11 kernel_h integer
    12 kernel_w integer
    13 stride_h integer
    14 stride_w integer
"""

# Messages that both generations of layers have, by the name of the field that holds them.
_PARAMETERS = {
    "batch_norm_param": """
        1 use_global_stats flag
        2 moving_average_fraction ignored
        3 eps number""",
    "bias_param": """
        1 axis integer
        2 num_axes integer
        3 filler ignored""",
    "clip_param": """
        1 min number
        2 max number""",
    "concat_param": """
        1 concat_dim integer
        2 axis integer""",
    "convolution_param": f"""
        1 num_output integer
        2 bias_term flag
        {_WINDOW.strip()}
        7 weight_filler ignored
        8 bias_filler ignored
        15 engine ignored
        16 axis integer
        17 force_nd_im2col ignored
        18 dilation integer""",
    "crop_param": """
        1 axis integer
        2 offset integer""",
    "data_param": """
        1 source ignored
        2 scale number
        3 mean_file text
        4 batch_size integer
        5 crop_size integer
        6 mirror flag
        7 rand_skip ignored
        8 backend ignored
        9 force_encoded_color ignored
        10 prefetch ignored""",
    "dropout_param": """
        1 dropout_ratio number""",
    "dummy_data_param": """
        1 data_filler ignored
        2 num integer
        3 channels integer
        4 height integer
        5 width integer
        6 shape Shape""",
    "eltwise_param": """
        1 operation words PROD SUM MAX
        2 coeff number
        3 stable_prod_grad ignored""",
    "elu_param": """
        1 alpha number""",
    "flatten_param": """
        1 axis integer
        2 end_axis integer""",
    "hdf5_data_param": """
        1 source ignored
        2 batch_size integer
        3 shuffle ignored""",
    "image_data_param": """
        1 source ignored
        2 scale number
        3 mean_file text
        4 batch_size integer
        5 crop_size integer
        6 mirror flag
        7 rand_skip ignored
        8 shuffle ignored
        9 new_height integer
        10 new_width integer
        11 is_color flag
        12 root_folder ignored""",
    "inner_product_param": """
        1 num_output integer
        2 bias_term flag
        3 weight_filler ignored
        4 bias_filler ignored
        5 axis integer
        6 transpose flag""",
    "input_param": """
        1 shape Shape""",
    "lrn_param": """
        1 local_size integer
        2 alpha number
        3 beta number
        4 norm_region words ACROSS_CHANNELS WITHIN_CHANNEL
        5 k number
        6 engine ignored""",
    "memory_data_param": """
        1 batch_size integer
        2 channels integer
        3 height integer
        4 width integer""",
    "pooling_param": """
        1 pool words MAX AVE STOCHASTIC
        2 kernel_size integer
        3 stride integer
        4 pad integer
        5 kernel_h integer
        6 kernel_w integer
        7 stride_h integer
        8 stride_w integer
        9 pad_h integer
        10 pad_w integer
        11 engine ignored
        12 global_pooling flag
        13 round_mode words CEIL FLOOR""",
    "power_param": """
        1 power number
        2 scale number
        3 shift number""",
    "prelu_param": """
        1 filler ignored
        2 channel_shared flag""",
    "relu_param": """
        1 negative_slope number
        2 engine ignored""",
    "reshape_param": """
        1 shape Shape
        2 axis integer
        3 num_axes integer""",
    "scale_param": """
        1 axis integer
        2 num_axes integer
        3 filler ignored
        4 bias_term flag
        5 bias_filler ignored""",
    "sigmoid_param": """
        1 engine ignored""",
    "slice_param": """
        1 slice_dim integer
        2 slice_point integer
        3 axis integer""",
    "softmax_param": """
        1 engine ignored
        2 axis integer""",
    "tanh_param": """
        1 engine ignored""",
    "transform_param": """
        1 scale number
        2 mirror flag
        3 crop_size integer
        4 mean_file text
        5 mean_value number
        6 force_color flag
        7 force_gray flag
        11 crop_h integer
        12 crop_w integer""",
}

_OTHERS = {
    "Shape": "1 dim integer",
    "Rule": """
        1 phase words TRAIN TEST
        2 min_level integer
        3 max_level integer
        4 stage text
        5 not_stage text""",
    "Net": """
        1 name text
        2 layers OldLayer
        3 input text
        4 input_dim integer
        5 force_backward ignored
        6 state ignored
        7 debug_info ignored
        8 input_shape Shape
        100 layer Layer""",
    "Layer": """
        1 name text
        2 type text
        3 bottom text
        4 top text
        5 loss_weight number
        6 param ignored
        7 blobs Blob
        8 include Rule
        9 exclude Rule
        10 phase ignored
        11 propagate_down ignored
        101 loss_param ignored
        102 accuracy_param ignored""",
    "FirstLayer": """
        1 name text
        2 type text
        3 num_output integer
        4 biasterm flag
        5 weight_filler ignored
        6 bias_filler ignored
        7 pad integer
        8 kernelsize integer
        9 group integer
        10 stride integer
        11 pool words MAX AVE STOCHASTIC
        12 dropout_ratio number
        13 local_size integer
        14 alpha number
        15 beta number
        16 source ignored
        17 scale number
        18 meanfile text
        19 batchsize ignored
        20 cropsize integer
        21 mirror flag
        22 k number
        50 blobs Blob
        51 blobs_lr ignored
        52 weight_decay ignored
        53 rand_skip ignored
        64 shuffle_images ignored
        65 concat_dim integer""",
    "OldLayer": """
        1 layer FirstLayer
        2 bottom text
        3 top text
        4 name text
        5 type words
        6 blobs Blob
        7 blobs_lr ignored
        8 weight_decay ignored
        27 accuracy_param ignored
        32 include Rule
        33 exclude Rule
        35 loss_weight number
        42 loss_param ignored
        1001 param ignored
        1002 blob_share_mode ignored""",
}

MESSAGES: dict[str, dict[int, Entry]] = {
    name: _table(lines) for name, lines in (_OTHERS | _PARAMETERS).items()
}
for _message, _numbers in (("Layer", IN_LAYER), ("OldLayer", IN_OLD_LAYER)):
    MESSAGES[_message] |= {number: Entry(name, name) for name, number in _numbers.items()}
MESSAGES["OldLayer"][5] = Entry("type", "words", tuple(name for name, _ in OLD_TYPES.values()))

BY_NAME = {
    message: {entry.name: entry for entry in entries.values()}
    for message, entries in MESSAGES.items()
}
"""The same by the names that text files use."""
