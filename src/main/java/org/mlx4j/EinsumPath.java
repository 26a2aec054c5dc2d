package org.mlx4j;

/**
 * The order in which {@link Ops#einsum} contracts its operands.
 *
 * <pre>{@code
 * MlxArray a = Ops.ones(2, 3);
 * MlxArray b = Ops.ones(3, 40);
 * MlxArray c = Ops.ones(40, 5);
 * EinsumPath path = Ops.einsumPath("ij,jk,kl->il", a, b, c);
 * System.out.println(path.description());
 * }</pre>
 *
 * @param path the positions of the operands that each step contracts; the step removes them and
 *     appends its result
 * @param description a description of the cost with and without this order, for people to read
 */
@SuppressWarnings("ArrayRecordComponent") // a result: nobody compares it
public record EinsumPath(int[][] path, String description) {}
