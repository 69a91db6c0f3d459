"""The court's report: releases of its statistics, frozen, numbered and signed, in which no small number can be worked out."""
