package org.mlx4j.examples.service;

import jakarta.validation.Valid;
import org.mlx4j.Batcher;
import org.mlx4j.MlxArray;
import org.mlx4j.Scope;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Answers drawings. */
@RestController
class DigitsController {
  /**
   * What a drawing shows.
   *
   * @param digit the likeliest digit
   * @param probabilities the probability of each digit, from 0 to 9
   */
  record Answer(int digit, float[] probabilities) {}

  private final Batcher<MlxArray, MlxArray> digits;

  DigitsController(Batcher<MlxArray, MlxArray> digits) {
    this.digits = digits;
  }

  @PostMapping(
      path = "/digits",
      consumes = MediaType.APPLICATION_JSON_VALUE,
      produces = MediaType.APPLICATION_JSON_VALUE)
  Answer digits(@Valid @RequestBody Drawing drawing) {
    try (Scope scope = Scope.open()) {
      MlxArray answer = digits.apply(MlxArray.of(Picture.of(drawing.rows())));
      return new Answer(answer.argmax(0).itemInt(), answer.toFloatArray());
    }
  }
}
