package dev.penstock.app.cli;

import dev.penstock.model.service.ServicePortRef;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code namespace/name:port}, the port by number or name. */
final class ServicePortConverter implements ITypeConverter<ServicePortRef> {

    @Override
    public ServicePortRef convert(String value) {
        try {
            return ServicePortRef.parse(value);
        } catch (IllegalArgumentException _) {
            throw new TypeConversionException(
                    "'" + value + "' is not of the form namespace/name:port");
        }
    }
}
