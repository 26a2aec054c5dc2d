"use strict";

const SIDE = 28;
const paper = document.getElementById("paper");
const message = document.getElementById("message");
const rows = document.getElementById("probabilities");
const pen = paper.getContext("2d", { willReadFrequently: true });
pen.lineWidth = 24;
pen.lineCap = "round";
pen.lineJoin = "round";

for (let digit = 0; digit < 10; digit++) {
  const row = rows.insertRow();
  row.insertCell().textContent = digit;
  row.insertCell().append(document.createElement("meter"));
  row.insertCell();
}

/** The mean ink of each pixel. */
function pixels() {
  const size = paper.width / SIDE;
  const ink = pen.getImageData(0, 0, paper.width, paper.height).data;
  return Array.from({ length: SIDE }, (_, y) =>
    Array.from({ length: SIDE }, (_, x) => {
      let sum = 0;
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) {
          sum += ink[((y * size + i) * paper.width + x * size + j) * 4 + 3];
        }
      }
      return Math.round((1000 * sum) / (255 * size * size)) / 1000;
    }));
}

function show(answer) {
  answer.probabilities.forEach((probability, digit) => {
    const row = rows.rows[digit];
    row.cells[1].firstChild.value = probability;
    row.cells[2].textContent = `${(100 * probability).toFixed(1)} %`;
    row.classList.toggle("likeliest", digit === answer.digit);
  });
  message.textContent = `This looks like a ${answer.digit}.`;
}

async function ask() {
  try {
    const response = await fetch("digits", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ pixels: pixels() }),
    });
    const answer = await response.json();
    if (response.ok) {
      show(answer);
    } else {
      message.textContent = answer.detail;
    }
  } catch (problem) {
    message.textContent = `The service does not answer: ${problem.message}`;
  }
}

let drawing = false;
paper.addEventListener("pointerdown", (event) => {
  drawing = true;
  pen.beginPath();
  pen.moveTo(event.offsetX, event.offsetY);
  paper.setPointerCapture(event.pointerId);
});
paper.addEventListener("pointermove", (event) => {
  if (drawing) {
    pen.lineTo(event.offsetX, event.offsetY);
    pen.stroke();
  }
});
paper.addEventListener("pointerup", () => {
  drawing = false;
  ask();
});
document.getElementById("clear").addEventListener("click", () => {
  pen.clearRect(0, 0, paper.width, paper.height);
  message.textContent = "Draw on the left.";
});
