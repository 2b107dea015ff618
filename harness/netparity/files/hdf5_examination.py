"""The process in which an HDF5 file of unknown origin is opened first.

The HDF5 library is written for files that it wrote itself: a single flipped bit can make it ask
for gigabytes, loop or crash. This process does everything that the harness does with the file
later, and also unpacks every compressed array, with little memory and time.

It imports no format and no model, so that it starts in a fraction of a second.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
from pathlib import Path

from netparity.files import hdf5_tree
from netparity.files.hdf5_tree import Array
from netparity.files.hdf5_values import Place
from netparity.files.limits import MOST_TEXT, DamagedError, Limits
from netparity.files.stored import Stored

FINE, REFUSED = 0, 3

_MEMORY_BYTES = 400 * 2**20
_PROCESSOR_SECONDS = 0.5
_MOST_SECONDS_FOR_OBJECTS = 4.0
_BYTES_PER_SECOND, _BYTES_OF_OBJECTS_PER_SECOND = 2**24, 2**19
_NUMBERS = "fiub"


def seconds_for(size_bytes: int) -> float:
    """Processor time for a file of this size, beyond that for starting.

    A file of a megabyte may hold thousands of objects, of which each takes a third of a
    millisecond; compressed values are unpacked some ten times as fast as this allows for.
    """
    for_objects = min(size_bytes / _BYTES_OF_OBJECTS_PER_SECOND, _MOST_SECONDS_FOR_OBJECTS)
    return _PROCESSOR_SECONDS + for_objects + size_bytes / _BYTES_PER_SECOND


def main(arguments: list[str]) -> int:
    """Examine the file that the arguments (in JSON) name; print what is wrong with it."""
    order = json.loads(arguments[0])
    place = Place(Path(order["path"]), order["start"], order["size"])
    import h5py  # noqa: F401  (its own time does not count)

    _take_little(seconds_for(place.path.stat().st_size))
    try:
        _examine(place, Limits(**order["limits"]))
    except MemoryError:
        problem = f"it makes the HDF5 library ask for more than {_MEMORY_BYTES:,} bytes"
    except DamagedError as error:
        problem = str(error)
    except Exception as error:  # the library raises many types on damaged files
        is_text = isinstance(error, OSError | KeyError) and len(error.args) == 1
        problem = str(error.args[0]) if is_text else repr(error)
    else:
        return FINE
    sys.stdout.buffer.write(problem.encode("utf-8", "backslashreplace"))
    return REFUSED


def _take_little(seconds: float) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    memory = _MEMORY_BYTES if most == resource.RLIM_INFINITY else min(_MEMORY_BYTES, most)
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.setitimer(signal.ITIMER_PROF, seconds)  # SIGPROF ends it, also inside the library


def _examine(place: Place, limits: Limits) -> None:
    found = hdf5_tree.objects(place, limits)
    arrays = [item for item in found if isinstance(item, Array) and item.targets is None]
    with place.open() as file:
        for array in arrays:
            values = array.values
            if not isinstance(values, Stored) or not values.size:
                continue
            if array.packed and values.dtype.kind in _NUMBERS:
                data = file[values.name]
                for chunk in data.iter_chunks():
                    data[chunk]
            elif values.dtype.kind == "S" and values.size * values.dtype.itemsize <= MOST_TEXT:
                values.fetch(0, values.size)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
