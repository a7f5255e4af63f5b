"""Reports: an answer's numbers as the blocks of a sheet, and a sheet as a PDF."""
