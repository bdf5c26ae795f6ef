import org.openqa.selenium.WebDriver;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeOptions;
// IMPORTS

public class Suite {
    public static void main(String[] arguments) throws Exception {
        ChromeOptions chrome = new ChromeOptions();
        chrome.addArguments("--headless=new");
        WebDriver driver = new ChromeDriver(chrome);
        try {
            // STEPS
        } finally {
            driver.quit();
        }
    }
}
