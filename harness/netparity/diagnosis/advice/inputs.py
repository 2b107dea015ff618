"""Advice about the image and its preprocessing."""

from __future__ import annotations

from netparity.diagnosis.advice.base import Advice

_VGG_PREPROCESS = "`keras.applications.vgg16.preprocess_input`"
_SUBTRACT = "`im = bsxfun(@minus, im, net.meta.normalization.averageImage)`"

INPUTS: dict[str, Advice] = {
    "channels-swapped": Advice(
        plain="Reverse the channels of the image: the weights expect the other order.",
        keras3=f"Pass the image in RGB, as `load_img` gives it, to {_VGG_PREPROCESS}, which "
        "converts it to BGR; remove any other swap such as `x[..., ::-1]`.",
        matconvnet="MatConvNet's VGG16 takes RGB, as `imread` gives it: remove any swap of the "
        "channels, or undo it with `im = im(:,:,[3 2 1])`.",
    ),
    "axes-swapped": Advice(
        plain="Swap the rows and columns of the image: height comes before width.",
        keras3="Pass the image as `img_to_array` returns it (height before width) and remove "
        "any `transpose` of the two; `target_size` is (height, width).",
        matconvnet="Undo it with `im = permute(im, [2 1 3])`: `imread` gives height before width, "
        "but an array that another language wrote row by row arrives transposed.",
    ),
    "mean-missing": Advice(
        plain="Subtract the mean ($rgb in RGB) from the image.",
        keras3=f"Call {_VGG_PREPROCESS} before `predict`.",
        matconvnet=f"Subtract the mean: {_SUBTRACT}.",
    ),
    "mean-twice": Advice(
        plain="Subtract the mean ($rgb in RGB) only once.",
        keras3=f"Call {_VGG_PREPROCESS} once, and subtract no other mean.",
        matconvnet=f"Subtract the mean only once: {_SUBTRACT}.",
    ),
    "mean-swapped": Advice(
        plain="Subtract $rgb from an image in RGB, $bgr from one in BGR.",
        keras3=f"Let {_VGG_PREPROCESS} subtract the mean; if you subtract it yourself, it is $bgr "
        "for BGR and $rgb for RGB.",
        matconvnet="Put `net.meta.normalization.averageImage` in the image's order ($rgb for "
        "RGB): swap its channels with `averageImage(:,:,[3 2 1])`.",
    ),
    "scale-0-1": Advice(
        plain="Keep grey levels of 0…255 and subtract the mean ($rgb in RGB).",
        keras3=f"Remove the division by 255 (`x / 255`, `Rescaling`, `rescale=`) and call "
        f"{_VGG_PREPROCESS} on grey levels of 0…255.",
        matconvnet="Read the image with `im = single(imread(file))`, not with `im2single` or "
        f"`im2double`, which scale it to 0…1; then {_SUBTRACT}.",
    ),
    "scale-pm1": Advice(
        plain="Keep grey levels of 0…255 and subtract the mean ($rgb in RGB).",
        keras3=f"Use {_VGG_PREPROCESS}: scaling to −1…1 is what `preprocess_input` of other "
        "networks does (`mode='tf'`: MobileNet, Inception, Xception).",
        matconvnet="Remove the scaling (`im / 127.5 - 1`): use `im = single(imread(file))`, "
        f"then {_SUBTRACT}.",
    ),
    "scale-after-mean": Advice(
        plain="Remove the division by 255 after the subtraction of the mean.",
        keras3=f"Remove the division by 255 after {_VGG_PREPROCESS}.",
        matconvnet=f"Remove the division by 255 after {_SUBTRACT}.",
    ),
    "scale-0-1-mean-255": Advice(
        plain="Keep grey levels of 0…255: the mean is in that range.",
        keras3=f"Call {_VGG_PREPROCESS} on grey levels of 0…255, without dividing by 255 first.",
        matconvnet="Read the image with `im = single(imread(file))`, not with `im2single` or "
        "`im2double`: `averageImage` is in the range 0…255.",
    ),
    "scale-torch": Advice(
        plain="Keep grey levels of 0…255 and subtract the mean ($rgb in RGB); do not divide.",
        keras3=f"Use {_VGG_PREPROCESS} instead of torchvision's `Normalize` or a "
        "`preprocess_input` with `mode='torch'`.",
        matconvnet="Remove torchvision's mean and standard deviation: use "
        f"`im = single(imread(file))`, then {_SUBTRACT}.",
    ),
    "resize-*": Advice(
        plain="Resize the image in the same way in every tool.",
        keras3="Specify the filter: `load_img(file, target_size=…, interpolation=…)` takes "
        "'nearest' (the default), 'bilinear', 'bicubic' and 'lanczos'.",
        matconvnet="Specify the filter: `imresize(im, net.meta.normalization.imageSize(1:2), "
        "'bicubic')`; `'Antialiasing', false` gives other weights.",
    ),
    "resize": Advice(
        plain="Resize as the reference does (Pillow's bicubic, antialiased), or pass the tensor "
        "that went into the network with `--input`.",
        keras3="Call `load_img(path, target_size=(height, width), interpolation='bicubic')`, or "
        "pass the tensor that went into the network with `--input`.",
        matconvnet="Call `imresize(im, [height width], 'bicubic')`, or pass the tensor that went "
        "into the network with `--input`.",
    ),
}
