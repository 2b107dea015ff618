"""A listing and a network: which tensor of the file is which of the network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest

from netparity.networks import NETWORKS, Network
from netparity.networks.catalogue import vgg
from netparity.weights import tensor_names
from netparity.weights.listing import Convention, Listing
from netparity.weights.matching import certainty, naming, variants
from netparity.weights.matching.aligning import Alignment, align, fits, tensor_for, units_of
from netparity.weights.matching.found import Match
from netparity.weights.matching.kernels import Axes, Placed, order_in_file, possible
from netparity.weights.matching.modules import Module, gather, with_zero_biases
from netparity.weights.matching.slots import Slot, names_of, orders, slots_of

_LEAST_KERNELS = 3
_MOST_NAMED = 4
_NORMALISED = frozenset(f"{network.name}-bn" for network in vgg.WITH_TOP)


class Modules:
    """The layers of a listing, in each order in which they may belong to a network's."""

    def __init__(self, listing: Listing, zero_biases: bool = False) -> None:
        self.listing, self.zero_biases = listing, zero_biases
        self.modules, self.others = gather(listing.tensors)
        if zero_biases:
            self.modules = with_zero_biases(self.modules)
        self.kernels = [module for module in self.modules if module.kernel is not None]
        self.normalised = any(
            {"mean", "variance"} <= set(module.tensors) for module in self.modules
        )
        self.hints = any(module.branch for module in self.modules)
        natural = tuple(sorted(self.modules, key=lambda module: tensor_names.natural(module.name)))
        listed = [self.modules] if listing.ordered else []
        # Names such as `classifier` and `features` say nothing about the order of the two.
        kinds = tuple(sorted(natural, key=_is_matrix))
        self.orders = tuple(dict.fromkeys([*listed, natural, kinds, self.modules]))

    def matched(self, network: Network) -> Match | None:
        """The tensors in a network, or in what the file makes of it; None if they do not fit."""
        best: tuple[int, Match] | None = None
        slots = slots_of(network)
        if (named := self._named(network, slots)) is not None:
            return named
        for axes in possible(self.listing.convention):
            for modules in self.orders:
                for ordered in orders(network, slots):
                    found = align(ordered, modules, axes, self.hints)
                    match = self._made(network, found)
                    if match is not None and not found.free_slots:
                        return match
                    if match is not None and (best is None or match.kernels > best[0]):
                        best = match.kernels, match
        if best is None and self.normalised and not self.zero_biases:
            made = Modules(self.listing, zero_biases=True).matched(network)
            note = "its convolutions before a normalisation have no bias, which is taken as 0"
            return None if made is None else replace(made, notes=(*made.notes, note))
        return None if best is None else best[1]

    def _named(self, network: Network, slots: Sequence[Slot]) -> Match | None:
        """A match by names, if the file has a layer with one of the names of every slot."""
        given: dict[str, Module] = {}
        for module in self.modules:
            given.setdefault(module.name.rpartition("/")[2], module)
            given[module.name] = module
        pairs: list[tuple[Slot, Module]] = []
        for slot in slots:
            found = next((given[name] for name in names_of(slot) if name in given), None)
            if found is None:
                return None
            pairs.append((slot, found))
        used = {id(module) for _, module in pairs}
        free = tuple(module for module in self.modules if id(module) not in used)
        for axes in possible(self.listing.convention):
            if len(used) == len(pairs) and all(fits(*pair, axes) for pair in pairs):
                match = self._match(network, Alignment(axes, tuple(pairs), (), free))
                return replace(match, uncertain=self._order_of_names(network, pairs))
        return None

    def _order_of_names(
        self, network: Network, pairs: Sequence[tuple[Slot, Module]]
    ) -> tuple[str, str] | None:
        if not self.listing.ordered or any(len(node.inputs) > 1 for node in network.nodes):
            return None
        return certainty.disordered(self.modules, pairs)

    def first_misfit(self, network: Network) -> tuple[Slot | None, Module | None]:
        """Where the two part, layer by layer: what the network needs there, and what is there.

        Either is None if the network or the file has no more layers with kernels.
        """
        slots = [slot for slot in slots_of(network) if slot.kernel is not None]
        best = -1
        found: tuple[Slot | None, Module | None] = (None, None)
        for axes in possible(self.listing.convention):
            for modules in self.orders:
                kernels = [module for module in modules if module.kernel is not None]
                pairs = zip_longest(slots, kernels)
                for place, (slot, module) in enumerate(pairs):
                    if slot is None or module is None or not fits(slot, module, axes):
                        if place > best:
                            best, found = place, (slot, module)
                        break
        return found

    def placed(self, network: Network, named: Mapping[Slot, Module], axes: Axes) -> Match:
        """The match that a user has stated."""
        free = [module for module in self.modules if module not in named.values()]
        match = self._match(network, Alignment(axes, tuple(named.items()), (), tuple(free)))
        return replace(match, uncertain=None)

    def _made(self, network: Network, found: Alignment) -> Match | None:
        if _in_between(self.modules, found):
            return None
        found = certainty.before_strays(self.modules, found)
        if not found.free_slots:
            return self._match(network, found)
        last = _last_dense(network, found.free_slots)
        if last is not None:
            for module in found.free_modules:
                units = units_of(last, module)
                usual = network.tensors[last.roles["bias"]][0]
                if units not in (None, usual) and fits(last, module, found.axes, units=False):
                    assert units is not None
                    other = variants.with_classes(network, last, units)
                    slot = next(s for s in slots_of(other) if s.node.name == last.node.name)
                    free = tuple(each for each in found.free_modules if each is not module)
                    pairs = (*found.pairs, (slot, module))
                    made = replace(found, pairs=pairs, free_slots=(), free_modules=free)
                    note = f"it has {units} classes instead of {usual}"
                    return self._match(other, made, (note,))
        gone = variants.depends_on(network, [slot.node.name for slot in found.free_slots])
        kernels = [slot for slot, _ in found.pairs if slot.kernel is not None]
        if any(slot.node.name in gone for slot, _ in found.pairs) or len(kernels) < max(
            _LEAST_KERNELS, len(self.kernels) / 2
        ):
            return None
        shorter = any(slot.node.op in ("conv", "batch_norm") for slot in found.free_slots)
        if shorter and found.free_modules:
            return None  # another network, not the beginning of this one
        missing = list(dict.fromkeys(slot.name for slot in found.free_slots))
        more = f" and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
        note = (
            f"it has no weights for {', '.join(missing[:_MOST_NAMED])}{more} of {network.name}, "
            "which is taken without them"
        )
        return self._match(variants.without(network, gone), found, (note,))

    def _match(self, network: Network, found: Alignment, notes: Sequence[str] = ()) -> Match:
        flipped = _flipped(network, self.listing.convention)
        first = {slot.node.name for slot in _first(network)} if flipped else set()
        tensors: dict[str, Placed] = {}
        for slot, module in found.pairs:
            rotated = self.listing.convention.rotated and slot.node.op == "conv"
            for role, name in slot.roles.items():
                stored, shape = tensor_for(role, module), network.tensors[name]
                if role == "kernel" and slot.kernel is not None:
                    order = order_in_file(stored, slot, found.axes)
                    assert order is not None
                    tensors[name] = Placed(
                        stored, shape, slot.kernel, order, rotated, slot.node.name in first
                    )
                else:
                    tensors[name] = Placed(stored, shape)
        left_out = [*self.listing.left_out, *self.others]
        notes = (*notes, *_twice(found))
        if found.free_modules:
            left_out.append(_named(found.free_modules, network))
        ordered = {name: tensors[name] for name in network.tensors}
        listed = self.listing.ordered
        uncertain = certainty.contradicted(found) if listed else certainty.exchangeable(found)
        return Match(network, found.axes, ordered, tuple(left_out), tuple(notes), uncertain)


def _twice(found: Alignment) -> Iterator[str]:
    """A note if the file has the layers of the network more than once."""
    used = [module for _, module in found.pairs if module.kernel is not None]
    shapes = [module.kernel.shape for module in used if module.kernel is not None]
    free = [module.kernel.shape for module in found.free_modules if module.kernel is not None]
    if len(used) >= _LEAST_KERNELS and free[: len(shapes)] == shapes:
        yield f"it has such layers more than once; those from {used[0].shown[:80]!r} on are taken"


def _is_matrix(module: Module) -> bool:
    return module.kernel is not None and len(module.kernel.shape) == 2


def match(listing: Listing, network: Network) -> Match | None:
    """The tensors of a listing in a network, or in what they make of it.

    Returns:
        None if they do not fit.
    """
    modules = Modules(listing)
    found = modules.matched(network)
    if modules.normalised and (found is None or found.network is not network or found.left_out):
        normalised = NETWORKS.get(f"{network.name}-bn")
        if normalised is not None and (other := modules.matched(normalised)) is not None:
            note = f"it has batch normalisation, so it is read as {normalised.name}"
            found = replace(other, notes=(note, *other.notes))
    return None if found is None else _with_epsilon(found, listing.convention)


def _with_epsilon(found: Match, convention: Convention) -> Match:
    """The match with batch normalisations as the file's tool computes them.

    A file of tensors does not hold their epsilon; the catalogue's VGG networks have PyTorch's.
    """
    network, epsilon = found.network, convention.epsilon
    if network.origin or network.name not in _NORMALISED:
        return found
    other = variants.with_epsilon(network, epsilon)
    if other is network:
        return found
    note = f"its batch normalisations are taken to add {epsilon:g} to the variance, as in Keras"
    return replace(found, network=other, notes=(*found.notes, note))


def identify(listing: Listing, networks: Iterable[Network]) -> Match | None:
    """The network whose layers a listing has; of several, that with the fewest left out."""
    modules = Modules(listing)
    found = [match for network in networks if (match := _likely(modules, network)) is not None]
    best = max(found, key=_goodness, default=None)
    return None if best is None else _with_epsilon(best, listing.convention)


def _goodness(match: Match) -> tuple[int, bool, bool]:
    known = match.network.name in NETWORKS and NETWORKS[match.network.name] is match.network
    return len(match.tensors), known, not match.left_out


def _likely(modules: Modules, network: Network) -> Match | None:
    """A match, sought only where the first kernel fits, which rules most networks out."""
    first = next((slot for slot in slots_of(network) if slot.kernel is not None), None)
    if first is None or not modules.kernels:
        return None
    axes = possible(modules.listing.convention)
    shapes = {module.kernel for module in modules.kernels if module.kernel is not None}
    if not any(order_in_file(kernel, first, each) for kernel in shapes for each in axes):
        return None
    return modules.matched(network)


def _last_dense(network: Network, free: Sequence[Slot]) -> Slot | None:
    """The only free slot, if it gives the classes."""
    kernels = [slot for slot in free if slot.kernel is not None]
    if len(kernels) != 1 or len(free) != 1 or free[0].node.op not in ("dense", "conv"):
        return None
    after = variants.depends_on(network, [free[0].node.name])
    if any(network.by_name[name].tensors for name in after - {free[0].node.name}):
        return None
    return free[0]


def _flipped(network: Network, convention: Convention) -> bool:
    """Whether the file's first layer takes the image's channels in the reverse of our order.

    Whoever states how images are prepared, or brings a network, says with it what the file takes.
    """
    given = network.image.preprocessing
    usual = variants.has_own_preprocessing(network)
    return usual and given is not None and given.order != convention.first


def _first(network: Network) -> Iterator[Slot]:
    """The layers that take the image itself."""
    inputs = {entry.name for entry in network.inputs}
    for slot in slots_of(network):
        if slot.kernel is not None and inputs & set(slot.node.inputs):
            yield slot


def _in_between(modules: Sequence[Module], found: Alignment) -> bool:
    """Whether a layer with a kernel that has no place stands among those that have one."""
    used = {id(module) for _, module in found.pairs}
    kernels = [module for module in modules if module.kernel is not None]
    places = [place for place, module in enumerate(kernels) if id(module) in used]
    if not places:
        return True
    inside = kernels[places[0] : places[-1]]
    parents = {_parent(module) for module in kernels if id(module) in used}
    return any(id(module) not in used and _parent(module) in parents for module in inside)


def _parent(module: Module) -> str:
    return naming.pattern(module.name.replace("/", ".").rpartition(".")[0])


def _named(free: Sequence[Module], network: Network) -> str:
    names = [module.shown[:80] for module in free]
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    verb = "belongs" if len(names) == 1 else "belong"
    return f"{', '.join(names[:4])}{more}, which {verb} to no layer of {network.name}"
