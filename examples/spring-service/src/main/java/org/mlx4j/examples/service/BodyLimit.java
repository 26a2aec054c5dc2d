package org.mlx4j.examples.service;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Reads no more of a request than a drawing needs. */
@Component
class BodyLimit extends OncePerRequestFilter {
  static final int BYTES = 32 * 1024;

  /** Thrown when a body is longer. */
  static final class Exceeded extends IOException {
    private static final long serialVersionUID = 1;

    ProblemDetail problem() {
      return ProblemDetail.forStatusAndDetail(
          HttpStatus.CONTENT_TOO_LARGE, "The body has more than " + BYTES + " bytes");
    }
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    chain.doFilter(
        new HttpServletRequestWrapper(request) {
          private ServletInputStream limited;

          @Override
          public ServletInputStream getInputStream() throws IOException {
            if (limited == null) {
              limited = new Limited(super.getInputStream(), request.getContentLengthLong());
            }
            return limited;
          }
        },
        response);
  }

  private static final class Limited extends ServletInputStream {
    private final ServletInputStream in;
    private final long announced;
    private long read;

    Limited(ServletInputStream in, long announced) {
      this.in = in;
      this.announced = announced;
    }

    private int counted(int bytes) throws Exceeded {
      read += Math.max(0, bytes);
      if (announced > BYTES || read > BYTES) {
        throw new Exceeded();
      }
      return bytes;
    }

    @Override
    public int read() throws IOException {
      counted(1);
      return in.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      counted(0);
      return counted(in.read(bytes, offset, length));
    }

    @Override
    public boolean isFinished() {
      return in.isFinished();
    }

    @Override
    public boolean isReady() {
      return in.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
      in.setReadListener(listener);
    }
  }
}
