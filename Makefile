.PHONY: revision
