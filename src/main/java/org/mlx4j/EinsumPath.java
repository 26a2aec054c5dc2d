package org.mlx4j;

/**
 * In which order {@link Ops#einsum} contracts its operands.
 *
 * @param path for each step the places of the operands that are contracted; they are taken away and
 *     their result is added at the end
 * @param description the cost with and without this order, for people to read
 */
@SuppressWarnings("ArrayRecordComponent") // a result: nobody compares it
public record EinsumPath(int[][] path, String description) {}
