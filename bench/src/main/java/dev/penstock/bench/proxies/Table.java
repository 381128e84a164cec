package dev.penstock.bench.proxies;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** Figures of which less is better: a row for each thing measured, a column for each product. */
final class Table {

    private final String title;
    private final Map<String, Map<Product, List<Double>>> rows = new LinkedHashMap<>();

    Table(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    List<String> rows() {
        return List.copyOf(rows.keySet());
    }

    /** Adds a figure; of several of one row and product the median counts. */
    void add(String row, Product product, double figure) {
        rows.computeIfAbsent(row, _ -> new LinkedHashMap<>())
                .computeIfAbsent(product, _ -> new ArrayList<>())
                .add(figure);
    }

    /** The figure, or empty if it was not measured. */
    OptionalDouble figure(String row, Product product) {
        List<Double> figures = rows.getOrDefault(row, Map.of()).getOrDefault(product, List.of());
        double[] sorted = figures.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted.length == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(
                        (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2);
    }

    /** The table in Markdown, with the ratio of Penstock to the best of the others. */
    String toMarkdown(List<Product> products) {
        StringBuilder text = new StringBuilder("| ").append(title).append(" |");
        products.forEach(product -> text.append(' ').append(product.title()).append(" |"));
        text.append(" ratio to the best |\n| --- |").append(" ---: |".repeat(products.size() + 1));
        for (String row : rows.keySet()) {
            text.append("\n| ").append(row).append(" |");
            for (Product product : products) {
                text.append(' ').append(format(figure(row, product))).append(" |");
            }
            text.append(' ').append(format(ratio(row))).append(" |");
        }
        return text.append('\n').toString();
    }

    private OptionalDouble ratio(String row) {
        OptionalDouble own = figure(row, Product.PENSTOCK);
        OptionalDouble best =
                Arrays.stream(Product.values())
                        .filter(product -> product != Product.PENSTOCK)
                        .map(product -> figure(row, product))
                        .flatMapToDouble(OptionalDouble::stream)
                        .min();
        return own.isEmpty() || best.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(own.getAsDouble() / best.getAsDouble());
    }

    /** Three digits that count, or a dash. */
    static String format(OptionalDouble figure) {
        if (figure.isEmpty()) {
            return "–";
        }
        double value = figure.getAsDouble();
        String pattern = value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f";
        return String.format(Locale.ROOT, pattern, value);
    }
}
