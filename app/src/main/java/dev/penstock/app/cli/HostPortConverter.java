package dev.penstock.app.cli;

import dev.penstock.model.address.AddressText;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an address and port to listen at, such as {@code 0.0.0.0:10256} or {@code [::]:10256}. */
final class HostPortConverter implements ITypeConverter<InetSocketAddress> {

    @Override
    public InetSocketAddress convert(String value) throws Exception {
        int colon = value.lastIndexOf(':');
        String host = colon < 0 ? "" : value.substring(0, colon);
        boolean isBracketed = host.startsWith("[") && host.endsWith("]");
        InetAddress address =
                AddressText.parse(isBracketed ? host.substring(1, host.length() - 1) : host);
        if (address == null || isBracketed != host.contains(":")) {
            throw new TypeConversionException(
                    "'" + value + "' is not an address and port such as 0.0.0.0:10256");
        }
        return new InetSocketAddress(
                address, new PortConverter().convert(value.substring(colon + 1)));
    }
}
