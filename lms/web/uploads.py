"""Files that come with a form: the temporary ones are closed with the request, also when it was refused half-read."""

from typing import IO, Any

from flask import Request


class UploadRequest(Request):
    """Werkzeug closes the files of a form it has read; of a form cut off or too large nobody else knows them."""

    def _get_file_stream(self, *args: Any, **options: Any) -> IO[bytes]:
        stream = super()._get_file_stream(*args, **options)
        self.__dict__.setdefault("_streams", []).append(stream)
        return stream

    def close(self) -> None:
        """Called by Flask when the request is over."""
        super().close()
        for stream in self.__dict__.pop("_streams", ()):
            stream.close()
