"""netparity doctor: what can run here."""

from __future__ import annotations

from netparity.commands.shared import Python, Verbose, chosen_environments, errors, make_console


def doctor(python: Python = None, verbose: Verbose = False) -> None:
    """Say which runners can run here, in which versions, and what the others need."""
    with errors(verbose):
        from netparity.runners import RUNNERS
        from netparity.runners.doctor import examine

        environments = chosen_environments(python)
        console = make_console()
        for name, availability in examine(environments):
            if availability.available:
                versions = ", ".join(
                    f"{key} {value}" for key, value in availability.versions.items()
                )
                console.print(f"[green]✓[/] [bold]{name}[/]  {versions}")
                if availability.found:
                    console.print(f"    {availability.found}", markup=False, highlight=False)
            else:
                console.print(f"[yellow]–[/] [bold]{name}[/]  not available: ", end="")
                console.print(availability.reason, markup=False, highlight=False)
                console.print(f"    to mend it: {availability.fix}", markup=False, highlight=False)
        if verbose:
            for kind in RUNNERS:
                for key, option in kind.options.items():
                    console.print(
                        f"{kind.name}[{key}={'|'.join(option.choices)}]: {option.help}",
                        markup=False,
                        highlight=False,
                    )
