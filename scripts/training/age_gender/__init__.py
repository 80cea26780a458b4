"""Age and gender from a face: the net, its data, its training, its figures."""
