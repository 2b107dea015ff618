"""`python -m netparity.commands`: the command line where no console script is on the PATH."""

from netparity.commands.start import main

main()
