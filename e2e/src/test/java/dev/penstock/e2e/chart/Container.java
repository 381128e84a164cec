package dev.penstock.e2e.chart;

import dev.penstock.e2e.harness.Tree;
import java.util.ArrayList;
import java.util.List;

/**
 * The container of a Pod that the chart makes.
 *
 * @param kind the kind of the object that the Pod is of
 * @param arguments the command of the program and its flags, with variables as the kubelet would
 *     put them in
 */
public record Container(String kind, List<String> arguments) {

    /** The name of the node in {@link #arguments}. */
    public static final String NODE_NAME = "node1";

    public Container {
        arguments = List.copyOf(arguments);
    }

    /** All of what the chart came to, in its order. */
    public static List<Container> all(String rendered) {
        List<Container> found = new ArrayList<>();
        for (Tree object : Tree.parseAll(rendered)) {
            object.find("spec", "template", "spec", "containers")
                    .ifPresent(containers ->
                            containers.list().stream()
                                    .map(c -> new Container(object.at("kind").text(), arguments(c)))
                                    .forEach(found::add));
        }
        return found;
    }

    private static List<String> arguments(Tree container) {
        return container.at("args").list().stream()
                .map(argument -> argument.text().replace("$(NODE_NAME)", NODE_NAME))
                .toList();
    }
}
