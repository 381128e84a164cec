package dev.penstock.app.cli;

import dev.penstock.model.address.Cidr;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a network such as {@code 10.0.0.0/8}. */
final class CidrConverter implements ITypeConverter<Cidr> {

    @Override
    public Cidr convert(String value) {
        try {
            return Cidr.parse(value);
        } catch (IllegalArgumentException _) {
            throw new TypeConversionException(
                    "'" + value + "' is not a network such as 10.0.0.0/8");
        }
    }
}
