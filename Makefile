# The commands of run.py for those who type `make`; arguments go in ARGS:
#   make analysis ARGS="extract seeds --out build/tables"
PYTHON ?= python3

.PHONY: help setup report test lab notebooks data bench soak audit fuzz analysis

help setup report test lab notebooks data bench soak audit fuzz analysis:
	@$(PYTHON) run.py $@ $(ARGS)
