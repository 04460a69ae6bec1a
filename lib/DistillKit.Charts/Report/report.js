for (const box of document.querySelectorAll('.chart')) {
  const chart = JSON.parse(document.getElementById(box.id + '-data').textContent);
  const plot = document.createElement('div');
  plot.className = 'plot';
  // Room for plotly.js's tools above the title.
  const tools = 36;
  chart.layout.margin.t += tools;
  chart.layout.title.pad.t += tools;
  plot.style.height = Number(box.dataset.height) + tools + 'px';
  box.append(plot);
  Plotly.newPlot(plot, chart.data, chart.layout, { displaylogo: false }).then(() => box.classList.add('drawn'), error => { plot.remove(); console.error(error); });
}
addEventListener('beforeprint', () => { for (const part of document.querySelectorAll('details')) part.open = true; });
