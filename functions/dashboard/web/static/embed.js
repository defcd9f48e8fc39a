// For other pages: <tally-stream src="https://results.example.org/" section="where"></tally-stream>
// shows a section of the results, as high as it is. lang and filter (region=TX) are optional.

class TallyStream extends HTMLElement {
  connectedCallback() {
    const address = new URL(this.getAttribute("filter") ? `?${this.getAttribute("filter")}` : "", this.getAttribute("src"));
    address.searchParams.set("embed", this.getAttribute("section") ?? "race");
    if (this.getAttribute("lang")) address.searchParams.set("lang", this.getAttribute("lang"));
    const frame = document.createElement("iframe");
    Object.assign(frame, { src: address.href, title: this.getAttribute("title") ?? "Election results", loading: "lazy", width: "100%", height: "480" });
    frame.style.border = "0";
    this.replaceChildren(frame);
    this.heard = (event) => {
      if (event.source !== frame.contentWindow || event.origin !== address.origin) return;
      if (event.data?.source === "tallystream" && Number.isFinite(event.data.height)) frame.height = String(event.data.height);
    };
    addEventListener("message", this.heard);
  }

  disconnectedCallback() {
    removeEventListener("message", this.heard);
  }
}

customElements.define("tally-stream", TallyStream);
