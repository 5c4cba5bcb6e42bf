"""Write the protocol's descriptors, as the installed PySpark has them, into one file."""

import sys
from pathlib import Path

from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.rpc import error_details_pb2, status_pb2
from pyspark.sql.connect.proto import base_pb2

found: dict[str, FileDescriptor] = {}


def add(file: FileDescriptor) -> None:
    """Add a file after those that it imports."""
    if file.name not in found:
        for imported in file.dependencies:
            add(imported)
        found[file.name] = file


for root in (base_pb2, status_pb2, error_details_pb2):
    add(root.DESCRIPTOR)
descriptors = FileDescriptorSet()
for file in found.values():
    file.CopyToProto(descriptors.file.add())
Path(sys.argv[1]).write_bytes(descriptors.SerializeToString(deterministic=True))
