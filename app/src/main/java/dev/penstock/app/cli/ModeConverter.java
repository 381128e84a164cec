package dev.penstock.app.cli;

import dev.penstock.app.node.ModeSettings;
import dev.penstock.app.node.Modes;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the name of a mode of the L4 module, or {@code auto}. */
final class ModeConverter implements ITypeConverter<String> {

    @Override
    public String convert(String value) {
        if (!value.equals(ModeSettings.AUTO) && !Modes.names().contains(value)) {
            throw new TypeConversionException(
                    "'"
                            + value
                            + "' is no mode (expected: "
                            + ModeSettings.AUTO
                            + ", "
                            + String.join(", ", Modes.names())
                            + ")");
        }
        return value;
    }
}
