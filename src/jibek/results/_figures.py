class Figures:
    def __init__(self, run): self.run=run
