"""Files of river gauges: lists of them, and their daily flow, level or rain."""
