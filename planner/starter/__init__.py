"""First layouts: a floor, racks and a fabric for a number of racks of a system, as commented text."""
