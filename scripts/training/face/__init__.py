"""The face net: its labels and its figures. The net itself and its training are the person net's, cut short."""
