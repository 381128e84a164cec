package dev.penstock.controller.manifest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads a file's objects; whatever goes wrong is part of the result. */
final class FileReader {

    /** More than this is no manifest: 64 MiB. */
    private static final long SIZE_MAX = 64L << 20;

    private static final char REPLACEMENT = '\uFFFD';
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final ManifestParser parser = new ManifestParser();

    /**
     * Reads a file.
     *
     * @param file its name relative to the directory
     * @param size its size as it was last seen
     * @param before what it held before
     */
    ParsedFile read(String file, Path path, long size, ParsedFile before) {
        if (size > SIZE_MAX) {
            return ManifestParser.unreadable(
                    file, "has " + size + " bytes (expected: at most " + SIZE_MAX + ")", before);
        }
        try {
            String text = decode(Files.readAllBytes(path));
            return parser.parse(file, text, before);
        } catch (NoSuchFileException _) {
            // It went away since it was seen; so did its objects.
            return ParsedFile.EMPTY;
        } catch (AccessDeniedException _) {
            return ManifestParser.unreadable(file, "no permission to read it", before);
        } catch (CharacterCodingException _) {
            return ManifestParser.unreadable(file, "is not UTF-8 text", before);
        } catch (IOException e) {
            return ManifestParser.unreadable(file, "cannot be read: " + e.getMessage(), before);
        }
    }

    private static String decode(byte[] bytes) throws CharacterCodingException {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) >= 0) {
            // It stands for bytes that are no text, unless it was there before.
            text =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .onMalformedInput(CodingErrorAction.REPORT)
                            .onUnmappableCharacter(CodingErrorAction.REPORT)
                            .decode(ByteBuffer.wrap(bytes))
                            .toString();
        }
        return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    }
}
