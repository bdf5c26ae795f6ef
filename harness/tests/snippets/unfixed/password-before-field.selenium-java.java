import org.openqa.selenium.By;
driver.findElement(By.id("username")).sendKeys(System.getenv("VESTIBULE_USERNAME"));
driver.findElement(By.id("password")).sendKeys(System.getenv("VESTIBULE_PASSWORD"));
driver.findElement(By.id("Login")).click();
