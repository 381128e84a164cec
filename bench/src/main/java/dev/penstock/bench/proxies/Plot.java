package dev.penstock.bench.proxies;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** Draws tables as bars, each row to its own scale, in SVG. */
final class Plot {

    private static final int WIDTH = 860;
    private static final int LABEL_WIDTH = 150;
    private static final int NAME_WIDTH = 70;
    private static final int FIGURE_WIDTH = 60;
    private static final int BAR_HEIGHT = 12;
    private static final int GAP = 14;

    private final StringBuilder shapes = new StringBuilder();
    private final List<Product> products;
    private int y = GAP;

    private Plot(List<Product> products) {
        this.products = products;
    }

    /** The picture of some tables, one below the other. */
    static String draw(List<Table> tables, List<Product> products) {
        Plot plot = new Plot(products);
        tables.forEach(plot::add);
        return """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="11">
        <style>
        svg { background: #fff } text { fill: #222 } .head { font-size: 14px; font-weight: bold }
        .bar { fill: #9aa5b1 } .penstock { fill: #0b7285 }
        @media (prefers-color-scheme: dark) { svg { background: #16191d } text { fill: #ddd } .bar { fill: #5c6773 } .penstock { fill: #22b8cf } }
        </style>
        %s</svg>
        """
                .formatted(WIDTH, plot.y, plot.shapes);
    }

    private void add(Table table) {
        y += GAP;
        text(0, "head", table.title());
        y += GAP;
        for (String row : table.rows()) {
            double most =
                    products.stream()
                            .map(product -> table.figure(row, product))
                            .flatMapToDouble(OptionalDouble::stream)
                            .max()
                            .orElse(1);
            text(0, "row", row);
            for (Product product : products) {
                OptionalDouble figure = table.figure(row, product);
                text(LABEL_WIDTH, "name", product.title());
                figure.ifPresent(value -> bar(product, value / most));
                text(WIDTH - FIGURE_WIDTH, "figure", Table.format(figure));
                y += BAR_HEIGHT + 2;
            }
            y += GAP;
        }
    }

    private void text(int x, String style, String text) {
        shapes.append(
                String.format(
                        Locale.ROOT,
                        "<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>%n",
                        style,
                        x + GAP,
                        y + BAR_HEIGHT - 2,
                        text.replace("&", "&amp;").replace("<", "&lt;")));
    }

    private void bar(Product product, double share) {
        int left = LABEL_WIDTH + NAME_WIDTH;
        shapes.append(
                String.format(
                        Locale.ROOT,
                        "<rect class=\"bar %s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>%n",
                        product.title(),
                        left,
                        y,
                        share * (WIDTH - FIGURE_WIDTH - left - GAP),
                        BAR_HEIGHT));
    }
}
