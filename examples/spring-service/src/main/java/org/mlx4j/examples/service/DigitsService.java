package org.mlx4j.examples.service;

import org.mlx4j.Batcher;
import org.mlx4j.BatcherOptions;
import org.mlx4j.MlxArray;
import org.mlx4j.TransformedFunction;
import org.mlx4j.Transforms;
import org.mlx4j.spring.MlxModels;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** A service that says which digit a drawing shows. */
@SpringBootApplication
public class DigitsService {
  public static void main(String[] args) {
    SpringApplication.run(DigitsService.class, args);
  }

  @Bean
  Network network(MlxModels models) {
    return models.load("digits", Network::random);
  }

  /** Is closed after the batcher that calls it. */
  @Bean
  TransformedFunction probabilities(Network network) {
    return Transforms.compile(images -> network.apply(images).softmax(-1));
  }

  @Bean
  Batcher<MlxArray, MlxArray> digits(TransformedFunction probabilities, BatcherOptions options) {
    return Batcher.of(probabilities::apply, options);
  }
}
