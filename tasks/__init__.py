"""The library: one package per stage, and the records that cross stages."""
