"""What to change in PyTorch. Mistakes without an entry here have the general advice."""

from __future__ import annotations

_GREY_LEVELS = (
    "the weights expect 0…255 minus the mean. `ToTensor` divides by 255, so use "
    "`Normalize([m / 255 for m in ($rgb)], [1 / 255] * 3)` for RGB"
)
_EVAL = "Call `model.eval()` before the model runs"
_PAD = (
    "Pad with `F.pad(x, (left, right, top, bottom))` before $layer, and build it with `padding=0`: "
    "`padding` of a layer is the same on both sides, unlike TensorFlow's 'SAME' with a stride"
)
_POOL_PAD = "Build $layer with `padding=0`; if the network pads on one side, use `F.pad` before it"

_RESHAPED = (
    "Permute the axes of the weight of $layer instead of reshaping it: from Keras or TensorFlow "
    "`w.permute(3, 2, 0, 1)` for a convolution, `w.t()` for a dense layer."
)

PYTORCH: dict[str, str] = {
    "channels-swapped": "Reverse the channels: Pillow and torchvision give RGB, OpenCV's `imread` "
    "gives BGR. `x = x[:, [2, 1, 0]]` swaps them; remove it where the order is right already.",
    "axes-swapped": "Permute height × width × channels with `x.permute(2, 0, 1)`, not with "
    "`x.T` or `transpose(2, 1, 0)`, which also swap height and width.",
    "mean-missing": f"Subtract the mean: {_GREY_LEVELS}.",
    "mean-twice": "Subtract the mean once: remove it, or `Normalize`, in one of the two places.",
    "mean-swapped": "Give `Normalize` the mean in the order of the image's channels: $rgb for RGB, "
    "$bgr for BGR.",
    "scale-0-1": f"Do not stop after `ToTensor()`: {_GREY_LEVELS}.",
    "scale-pm1": f"Remove `Normalize([0.5] * 3, [0.5] * 3)`: {_GREY_LEVELS}.",
    "scale-after-mean": "Remove the division by 255 after the mean is subtracted.",
    "scale-0-1-mean-255": f"Divide the mean by 255 too: {_GREY_LEVELS}.",
    "scale-torch": f"These weights are not torchvision's: {_GREY_LEVELS}.",
    "resize-*": "Specify the filter: `transforms.Resize(size, interpolation=…, antialias=True)`; "
    "the default is bilinear. On tensors `antialias` was off before torchvision 0.17, and OpenCV "
    "never has it.",
    "resize": "Resize as the reference does: `transforms.Resize((height, width), "
    "InterpolationMode.BICUBIC)` of a Pillow image, or pass the tensor that went into the network "
    "with `--input`.",
    "kernels-rotated": "Do not flip the kernels of $layer: `F.conv2d` correlates, as TensorFlow "
    "and MatConvNet do. Kernels of Theano must be flipped: `w.flip(2, 3)`.",
    "kernels-transposed": "Store the kernels of $layer as outputs × inputs × height × width: from "
    "Keras or MatConvNet `w.permute(3, 2, 0, 1)`, not `w.T`, which swaps height and width.",
    "kernels-channels-swapped": "Swap the first two axes of the kernels of $layer: "
    "`w.transpose(0, 1)`. `Conv2d` expects outputs × inputs × height × width, `ConvTranspose2d` "
    "inputs × outputs × height × width.",
    "kernel-transposed": "Transpose the weight of $layer: `nn.Linear` expects outputs × inputs, "
    "while Keras stores inputs × outputs.",
    "kernel-reshaped": _RESHAPED,
    "kernel-reshaped-to-pytorch": _RESHAPED,
    "kernel-rows-*": "Reorder the columns of the weight of $layer, or flatten the map in their "
    "order: `torch.flatten(x, 1)` reads channels, height, width, `torch.flatten(x.permute(0, 2, 3, "
    "1), 1)` height, width, channels.",
    "bias-missing": "Build $layer with `bias=True`, and load with `load_state_dict(state)`, which "
    "is strict: `strict=False` hides a missing bias.",
    "flatten-*": "Reorder the weights of $layer once, since `torch.flatten(x, 1)` reads "
    "channels, height, width (`w.reshape(height, width, channels, units).permute(3, 2, 0, 1)"
    ".flatten(1)` for those of Keras), or flatten `x.permute(0, 2, 3, 1)`.",
    "flatten-as-*": "Flatten the map at $layer in the network's own order, not in the order $rest: "
    "`torch.flatten(x, 1)` reads channels, height, width unless `x.permute(…)` is before it.",
    "reshape-channels-first": "Put `x.permute(0, 2, 3, 1)` before the `reshape` at $layer: `view` "
    "and `reshape` read channels, height, width.",
    "transpose-reshaped": "Use `permute` at $layer; `view` and `reshape` keep the order of values.",
    "weights-other": "Load this run's weights, not those of $detail: `model.load_state_dict("
    "torch.load(file, weights_only=True))`; check `model.state_dict()` at $layer.",
    "precision-tf32": "Switch TF32 off: `torch.backends.cudnn.allow_tf32 = False` (on by default, "
    "for convolutions) and `torch.backends.cuda.matmul.allow_tf32 = False`; or "
    "`netparity compare --runner 'pytorch[device=cuda,precision=float32]'`.",
    "precision-*": "Remove `torch.autocast`, and call `torch.set_float32_matmul_precision("
    "'highest')`: $layer multiplies in $rest.",
    "policy-*": "Keep the model and its input in float32: remove `.half()`, `.bfloat16()` and "
    "`torch.autocast`; $layer is computed and stored in $rest.",
    "groups-ignored": "Build $layer with `Conv2d(…, groups=…)`.",
    "groups-interleaved": "Do not shuffle the channels before $layer: `groups` of `Conv2d` reads "
    "runs of neighbouring channels.",
    "group-outputs-interleaved": "Reorder the first axis of the kernels and the bias of $layer, so "
    "that the outputs of the first group come first.",
    "padding-valid": "Build $layer with `padding=kernel_size // 2`; PyTorch's default is 0.",
    "pool-average": "Build $layer as `MaxPool2d` instead of `AvgPool2d`.",
    "pool-maximum": "Build $layer as `AvgPool2d` instead of `MaxPool2d`.",
    "pool-padding": f"{_POOL_PAD}.",
    "pool-padding-top": f"{_POOL_PAD}.",
    "pool-padding-left": f"{_POOL_PAD}.",
    "padding-other-side": f"{_PAD}; its pads begin with the last axis.",
    "padding-same-shifted": "Build $layer with `padding=kernel_size // 2`, without an uneven "
    "`F.pad` before it.",
    "padding-symmetric": f"{_PAD}.",
    "padding-counted": "Set `count_include_pad` of `AvgPool2d` at $layer as the network means it; "
    "PyTorch's default is True, TensorFlow and MatConvNet leave the padding out.",
    "average-divisor": "Set `count_include_pad` of `AvgPool2d` at $layer, and leave out "
    "`divisor_override`: where a window reaches beyond the image, fewer values count.",
    "pool-floor": "Build $layer with `ceil_mode=True`: Caffe rounds the number of windows up, "
    "PyTorch down.",
    "global-maximum": "Use `AdaptiveAvgPool2d(1)` at $layer instead of `AdaptiveMaxPool2d(1)`.",
    "global-average": "Use `AdaptiveMaxPool2d(1)` at $layer instead of `AdaptiveAvgPool2d(1)`.",
    "crop-other-side": "Crop by slices at $layer; `ConvTranspose2d` crops `padding` on both sides "
    "and `output_padding` less at the bottom and right.",
    "pad-*": "Build $layer as `F.pad(x, widths, mode=…)` with 'constant', 'reflect' or "
    "'replicate'; it is filled by $rest.",
    "epsilon-*": "Build $layer with `BatchNorm2d(…, eps=$epsilon)` instead of $rest: PyTorch's "
    "default is 1e-5, Keras's 1e-3 (1.001e-5 in its ResNets).",
    "variance-for-deviation": "Give `BatchNorm2d` at $layer the variance as `running_var`, and "
    "divide by the root of `running_var + eps`.",
    "deviation-for-variance": "Square the second column of MatConvNet's `moments` and subtract "
    "epsilon: `running_var` of $layer is the variance.",
    "batch-statistics": f"{_EVAL}: in training mode `BatchNorm2d` at $layer takes the mean and "
    "variance of the batch. `torch.no_grad()` alone does not change that.",
    "batch-norm-missing": "Add `BatchNorm2d` at $layer, and check with `load_state_dict(state)`, "
    "which is strict, that its weights were loaded.",
    "batch-norm-twice": "Load weights into which the batch normalisation is not folded, or replace "
    "`BatchNorm2d` at $layer by `Identity`.",
    "scale-missing": "Build $layer with `affine=True`, and check that its `weight` was loaded.",
    "lrn-alpha-divided": "Multiply the alpha of MatConvNet or TensorFlow by the size first: "
    "`LocalResponseNorm` at $layer divides `alpha` by `size`.",
    "lrn-alpha-multiplied": "Give `LocalResponseNorm` at $layer the alpha of Caffe or ONNX as it "
    "is: it divides by `size` itself.",
    "lrn-radius": "Give `LocalResponseNorm` at $layer the size of its window; TensorFlow's "
    "`depth_radius` is (size − 1) / 2.",
    "lrn-kappa": "Give `LocalResponseNorm` at $layer the network's own `k`; its default is 1.",
    "lrn-other-side": "Flip the channels before and after $layer: `LocalResponseNorm` with an even "
    "size reaches further before the channel than after it.",
    "layer-norm-missing": "Add `LayerNorm` at $layer; it works on the last axes, so permute the "
    "channels to the end first.",
    "variance-unbiased": "Call `torch.var(x, correction=0)` at $layer: by default it divides by "
    "one less.",
    "l2-norm-whole": "Call `F.normalize(x, dim=1)` at $layer with its own axes.",
    "l1-norm": "Call `F.normalize(x, p=2, dim=1)` at $layer.",
    "slope-*": "Build $layer as `LeakyReLU($slope)` instead of $rest; PyTorch's default is 0.01, "
    "Keras's 0.3.",
    "relu-added": "Remove the `ReLU` between the sums of the last layer and the softmax at $layer.",
    "relu-missing": "Apply `F.relu` at $layer.",
    "relu-for-clipped-relu": "Build $layer as `ReLU6` instead of `ReLU`.",
    "clipped-relu-missing": "Build $layer as `ReLU6`.",
    "softmax-missing": "Apply `torch.softmax(x, dim=1)` to the output of $layer: models of "
    "torchvision end with the sums before it.",
    "gelu-approximate": "Build $layer as `GELU()`; `approximate='tanh'` is the other form.",
    "gelu-exact": "Build $layer as `GELU(approximate='tanh')`; the default is the exact form.",
    "resized-*": "Set `mode` and `align_corners` of `F.interpolate` at $layer as the network means "
    "them, not as $rest: 'nearest' rounds down, 'nearest-exact' takes half-pixel centres.",
    "before-relu": "Read $layer after its ReLU: put the forward hook on the `ReLU` module, and "
    "copy what it gets if the next module works in place (`inplace=True`).",
    "relu-applied": "Copy the feature in the hook of $layer (`output.detach().clone()`): a "
    "`ReLU(inplace=True)` behind it overwrites it.",
    "off-by-one": "Put the forward hook on $layer, not on $detail: `model.get_submodule('$name')"
    ".register_forward_hook(…)`.",
    "dropout": f"{_EVAL}: in training mode the dropout after $layer is on. `torch.no_grad()` alone "
    "does not change that.",
    "dropout-scaled": "Remove the multiplication by 1 − $rate at $layer: PyTorch scales during "
    "training.",
    "dropout-scaled-up": f"{_EVAL}: only training divides by 1 − $rate at $layer.",
}
"""By the keys of `ADVICE`."""
