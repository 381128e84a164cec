import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.constant.ClassDesc;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/**
 * Rewrites libraries so that the JVM's start-up cache takes them. It takes no classes of signed
 * jars, whose signatures are checked at each start besides, and none from before there were stack
 * maps (Java 6). The build runs it over the program's libraries: {@code java CacheableJars.java
 * DIRECTORY}.
 */
final class CacheableJars {

    /** The first version in which each class has stack maps. */
    private static final int MIN_VERSION = ClassFile.JAVA_7_VERSION;

    private static final int VERSION_OFFSET = 6;

    private CacheableJars() {}

    public static void main(String[] args) throws IOException {
        List<Path> jars;
        try (Stream<Path> files = Files.list(Path.of(args[0]))) {
            jars = files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
        }
        for (Path jar : jars) {
            Path made = jar.resolveSibling(jar.getFileName() + ".new");
            // The signature is what is to be removed, so nothing is gained from checking it.
            try (JarFile file = new JarFile(jar.toFile(), false)) {
                if (file.stream().noneMatch(e -> isSignature(e) || isOldClass(file, e))) {
                    continue;
                }
                rewrite(file, made);
            }
            Files.move(made, jar, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void rewrite(JarFile file, Path made) throws IOException {
        Manifest manifest = file.getManifest();
        // What it says of single entries are the digests of the signature.
        manifest.getEntries().clear();
        try (JarOutputStream to = new JarOutputStream(Files.newOutputStream(made), manifest)) {
            for (JarEntry entry : file.stream().toList()) {
                if (isSignature(entry) || entry.getName().equals(JarFile.MANIFEST_NAME)) {
                    continue;
                }
                JarEntry copy = new JarEntry(entry.getName());
                copy.setTime(entry.getTime());
                to.putNextEntry(copy);
                byte[] bytes = read(file, entry);
                to.write(isOldClass(file, entry) ? withStackMaps(bytes, file) : bytes);
                to.closeEntry();
            }
        }
    }

    private static boolean isSignature(JarEntry entry) {
        return entry.getName()
                .toUpperCase(Locale.ROOT)
                .matches("META-INF/[^/]*\\.(SF|RSA|DSA|EC)");
    }

    private static boolean isOldClass(JarFile file, JarEntry entry) {
        if (!entry.getName().endsWith(".class")) {
            return false;
        }
        try (InputStream in = file.getInputStream(entry)) {
            byte[] head = in.readNBytes(VERSION_OFFSET + Short.BYTES);
            return ByteBuffer.wrap(head).getShort(VERSION_OFFSET) < MIN_VERSION;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] withStackMaps(byte[] bytes, JarFile file) {
        ClassHierarchyResolver hierarchy =
                ClassHierarchyResolver.ofResourceParsing(
                                (ClassDesc type) -> resource(file, type))
                        .orElse(ClassHierarchyResolver.defaultResolver());
        ClassFile classes =
                ClassFile.of(
                        StackMapsOption.GENERATE_STACK_MAPS,
                        ClassHierarchyResolverOption.of(hierarchy));
        ClassModel old = classes.parse(bytes);
        return classes.build(
                old.thisClass().asSymbol(),
                made -> {
                    // First, since it decides whether the methods get stack maps.
                    made.withVersion(MIN_VERSION, 0);
                    for (ClassElement element : old) {
                        if (element instanceof MethodModel method) {
                            made.transformMethod(
                                    method, MethodTransform.transformingCode(CodeBuilder::with));
                        } else if (!(element instanceof ClassFileVersion)) {
                            made.with(element);
                        }
                    }
                });
    }

    private static InputStream resource(JarFile file, ClassDesc type) {
        String descriptor = type.descriptorString();
        JarEntry entry = file.getJarEntry(descriptor.substring(1, descriptor.length() - 1) + ".class");
        try {
            return entry == null ? null : file.getInputStream(entry);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] read(JarFile file, JarEntry entry) throws IOException {
        try (InputStream in = file.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }
}
