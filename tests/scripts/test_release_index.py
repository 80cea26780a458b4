"""The tool that signs a folder of bundles."""

from click.testing import CliRunner

from appliance.documents import release, signing
from scripts.release_index import index, read_key


def test_a_folder_is_signed_anew_with_a_higher_serial_and_what_was_revoked_stays_so(tmp_path):
    folder, key = tmp_path / "releases", tmp_path / "release.key"
    folder.mkdir()
    (folder / "tallybox-0.2.0-rpi4.raucb").write_bytes(b"bundle")

    def run(*more):
        return CliRunner().invoke(index, [str(folder), "--key", str(key), *more])

    first = run("--revoke", "0.1.0")
    assert key.stat().st_mode & 0o077 == 0
    public = read_key(key).public_key()
    assert signing.public_key_text(public) in first.output
    run()
    told = release.from_bytes((folder / "index").read_bytes(), public)
    assert (told.serial, told.revoked) == (2, ("0.1.0",))
    assert told.find("0.2.0", "tallybox-rpi4").size == 6
    (folder / "other.raucb").write_bytes(b"")
    assert "must be named tallybox-VERSION-BOARD.raucb" in run().output
