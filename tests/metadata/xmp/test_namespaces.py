import subprocess

from facecluster.metadata.xmp.namespaces import NAMESPACES, qualified

SINCE_12_62 = {"acdsee-rs", "acdsee-stArea", "acdsee-stDim"}  # versions of ExifTool that may be installed are older


def test_namespaces_are_those_of_exiftool():
    script = r'print "$_ $Image::ExifTool::XMP::nsURI{$_}\n" for keys %Image::ExifTool::XMP::nsURI'
    told = subprocess.run(["perl", "-MImage::ExifTool::XMP", "-e", script], capture_output=True, text=True, check=True)
    theirs = dict(line.split(" ") for line in told.stdout.splitlines())
    theirs["x"] = "adobe:ns:meta/"  # ExifTool takes any
    assert {prefix: theirs[prefix] for prefix in NAMESPACES if prefix not in SINCE_12_62} == {
        prefix: uri for prefix, uri in NAMESPACES.items() if prefix not in SINCE_12_62
    }


def test_a_name_is_spelled_as_lxml_spells_it():
    assert qualified("dc:subject") == "{http://purl.org/dc/elements/1.1/}subject"
