"""From a finished run to what people read. One file per output format; nothing is recomputed."""

from netparity.protocol import Run
from netparity.report import (
    csv,
    layers_csv,
    markdown,
    measurements,
    measurements_parquet,
    parity_csv,
)
from netparity.store import RunFolder

EXPORTERS = (markdown, csv, parity_csv, measurements, layers_csv)
BINARY_EXPORTERS = (measurements_parquet,)


def write(run: Run, store: RunFolder) -> None:
    """Store the run and every table made from it.

    Raises:
        StoreError: if one cannot be written.
    """
    store.write_run(run)
    for exporter in EXPORTERS:
        store.write_text(exporter.FILE, exporter.render(run))
    for binary in BINARY_EXPORTERS:
        store.write_bytes(binary.FILE, binary.render(run))
