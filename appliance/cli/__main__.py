"""python -m appliance.cli: the same as the command tallybox."""

from appliance.cli import main

main()
