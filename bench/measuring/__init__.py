"""How the benchmarks measure: databases of their own, contestants in turn, medians, a table and a line of JSON."""
