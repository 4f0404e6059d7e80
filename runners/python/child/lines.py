"""`print` of a source: whole lines become log lines."""

MOST_CHARACTERS = 2000


class Lines:
    encoding, errors = 'utf-8', 'replace'

    def __init__(self, write_line):
        self._write_line, self._rest = write_line, ''

    def write(self, text):
        *whole, self._rest = (self._rest + str(text)).split('\n')
        self._rest = self._rest[-MOST_CHARACTERS:]
        for line in whole:
            self._write_line(line)
        return len(text)

    def end(self):
        """What a call printed without an end of line is its own, not the next one's."""
        if self._rest:
            self.write('\n')

    def flush(self):
        pass

    def isatty(self):
        return False
