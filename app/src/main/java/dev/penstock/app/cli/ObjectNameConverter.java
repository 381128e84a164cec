package dev.penstock.app.cli;

import dev.penstock.model.service.ServiceName;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code namespace/name}. */
final class ObjectNameConverter implements ITypeConverter<ServiceName> {

    @Override
    public ServiceName convert(String value) {
        try {
            return ServiceName.parse(value);
        } catch (IllegalArgumentException _) {
            throw new TypeConversionException("'" + value + "' is not of the form namespace/name");
        }
    }
}
