/** A progress bar for the trainings of {@code org.mlx4j.training}. */
package org.mlx4j.progressbar;
