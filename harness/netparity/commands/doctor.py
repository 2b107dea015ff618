"""netparity doctor: what can run here."""

from __future__ import annotations

from netparity.commands.options import takes
from netparity.commands.shared import Verbose, make_console
from netparity.run.request import Request


@takes(Request, only=("environments",))
def doctor(request: Request, verbose: Verbose = False) -> None:
    """Say which runners can run here, in which versions, and what the others need."""
    from netparity.runners.doctor import examine, options_in_words

    console = make_console()
    for name, availability in examine(request.environments):
        if availability.available:
            versions = ", ".join(f"{key} {value}" for key, value in availability.versions.items())
            console.print(f"[green]✓[/] [bold]{name}[/]  {versions}")
            if availability.found:
                console.print(f"    {availability.found}", markup=False, highlight=False)
        else:
            console.print(f"[yellow]–[/] [bold]{name}[/]  not available: ", end="")
            console.print(availability.reason, markup=False, highlight=False)
            console.print(f"    fix: {availability.fix}", markup=False, highlight=False)
    for line in options_in_words() if verbose else ():
        console.print(line, markup=False, highlight=False)
